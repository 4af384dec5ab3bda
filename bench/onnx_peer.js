// The peer in onnxruntime-node: one window through a network that bench/torch_peer.py exported. Prints one JSON object:
// us (median of a window, through the binding's promise as a program would call it) and output.
//
//     node onnx_peer.js PACKAGE MODEL INPUT STEPS FEATURES THREADS REPEATS SECONDS
'use strict';
const fs = require('fs');
const [, , packagePath, model, input, ...numbers] = process.argv;
const [steps, features, threads, repeats, seconds] = numbers.map(Number);
const ort = require(packagePath);

const TOGETHER = 16;  // windows a timing: one takes microseconds

async function main() {
  const session = await ort.InferenceSession.create(
      model, {intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3});
  const values = Float32Array.from(fs.readFileSync(input, 'utf8').trim().split(' '), Number);
  const feeds = {x: new ort.Tensor('float32', values, [1, steps, features])};
  let output;
  for (let i = 0; i < 3 * TOGETHER; i++) output = (await session.run(feeds)).y;
  const times = [], begin = performance.now();
  while (times.length < Math.max(3, repeats) && (times.length < 3 || performance.now() - begin < 1000 * seconds)) {
    const from = performance.now();
    for (let i = 0; i < TOGETHER; i++) output = (await session.run(feeds)).y;
    times.push(1000 * (performance.now() - from) / TOGETHER);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({us: times[Math.floor(times.length / 2)], output: Array.from(output.data)}));
}

main().catch((error) => {
  console.error(`onnx_peer: ${error.message}`);
  process.exit(1);
});
