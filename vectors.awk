# awk -f vectors.awk SOURCE < LOG: each loop below a `#pragma omp simd` of SOURCE became vector code, by what the compiler noted in LOG.
# It notes the line of the loop or of what is in it first. An empty LOG says that none did.
BEGIN { while ((getline < "-") > 0) if (/optimized: *loop vectorized/) { split($0, part, ":"); done[part[1] ":" part[2]] = 1 } }
/#pragma omp simd/ { asked = FNR }
asked && (FILENAME ":" FNR in done) { asked = 0 }
asked && FNR == asked + 3 { printf "%s:%d: stays scalar for %s\n", FILENAME, asked + 1, isa; bad = 1; asked = 0 }
END { exit bad }
