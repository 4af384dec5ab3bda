#include "out/schedule.h"
#include <string.h>

/* What neither sh nor systemd gives a meaning of its own to, but '%'. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+@-%"

static int is_plain(const char *word)
{
	return *word != '\0' && word[strspn(word, PLAIN)] == '\0';
}

/* For sh; cron takes a '%' for the end of the line unless there is a backslash before it, which it takes away. */
static void put_for_cron(FILE *to, const char *word)
{
	int plain = is_plain(word);
	fputs(plain ? "" : "'", to);
	for (; *word != '\0'; word++)
		if (*word == '%')
			fputs("\\%", to);
		else if (*word == '\'')
			fputs("'\\''", to);
		else
			fputc(*word, to);
	fputs(plain ? "" : "'", to);
}

void out_schedule_crontab(FILE *to, const struct schedule *schedule)
{
	fprintf(to, "%s%s%s", schedule->cron, schedule->user ? " " : "",
		schedule->user ? schedule->user : "");
	for (int i = 0; i < schedule->n_words; i++) {
		fputc(' ', to);
		put_for_cron(to, schedule->words[i]);
	}
	fputc('\n', to);
}

/* For a unit, where '%' begins a specifier; in a command '$' begins a variable. */
static void put_for_systemd(FILE *to, const char *word, int command)
{
	int plain = is_plain(word);
	fputs(plain ? "" : "\"", to);
	for (; *word != '\0'; word++) {
		if (*word == '%' || (*word == '$' && command))
			fputc(*word, to);
		else if (*word == '"' || *word == '\\')
			fputc('\\', to);
		fputc(*word, to);
	}
	fputs(plain ? "" : "\"", to);
}

void out_schedule_service(FILE *to, const struct schedule *schedule)
{
	fputs("# /etc/systemd/system/almanac-retrain.service, as almanac schedule --systemd=service printed "
	      "it\n"
	      "[Unit]\n"
	      "Description=Retrain the models of Almanac that are due, and forecast\n"
	      "Documentation=man:almanac(1)\n"
	      "\n"
	      "[Service]\n"
	      "Type=oneshot\n",
		to);
	fprintf(to, "User=%s\nExecStart=", schedule->user);
	for (int i = 0; i < schedule->n_words; i++) {
		fputs(i > 0 ? " " : "", to);
		put_for_systemd(to, schedule->words[i], 1);
	}
	fputs("\n"
	      "Nice=10\n"
	      "IOSchedulingClass=idle\n"
	      "NoNewPrivileges=yes\n"
	      "ProtectSystem=strict\n"
	      "ReadWritePaths=",
		to);
	put_for_systemd(to, schedule->folder, 0);
	fputs("\n"
	      "ProtectHome=read-only\n"
	      "PrivateTmp=yes\n"
	      "PrivateDevices=yes\n"
	      "ProtectClock=yes\n"
	      "ProtectHostname=yes\n"
	      "ProtectControlGroups=yes\n"
	      "ProtectKernelLogs=yes\n"
	      "ProtectKernelModules=yes\n"
	      "ProtectKernelTunables=yes\n"
	      "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n"
	      "RestrictNamespaces=yes\n"
	      "RestrictRealtime=yes\n"
	      "RestrictSUIDSGID=yes\n"
	      "LockPersonality=yes\n"
	      "CapabilityBoundingSet=\n",
		to);
}

void out_schedule_timer(FILE *to, const struct schedule *schedule)
{
	fprintf(to,
		"# /etc/systemd/system/almanac-retrain.timer, as almanac schedule --systemd=timer printed "
		"it\n"
		"[Unit]\n"
		"Description=Retrain the models of Almanac that are due, and forecast\n"
		"Documentation=man:almanac(1)\n"
		"\n"
		"[Timer]\n"
		"OnCalendar=%s\n"
		"Persistent=true\n"
		"\n"
		"[Install]\n"
		"WantedBy=timers.target\n",
		schedule->calendar);
}
