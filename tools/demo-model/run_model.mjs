// Runs a detector with onnxruntime-node on prepared inputs; evaluate.py calls it.
//
//     node run_model.mjs MODEL JOBS RESULTS [THREADS]
//
// JOBS is a JSON array of { file, height, width }; each file has float32 [3, height, width].  RESULTS becomes a JSON
// array of { boxes, labels, scores, masks, ms }: flat arrays, and the milliseconds of the run.
import fs from 'node:fs'
import { requireModule } from './modules.mjs'

const ort = requireModule('onnxruntime-node')

const [model, jobs, results, threads = '2'] = process.argv.slice(2)
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
})

const answers = []
for (const { file, height, width } of JSON.parse(fs.readFileSync(jobs, 'utf8'))) {
  const bytes = fs.readFileSync(file)
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const image = new ort.Tensor('float32', data, [3, height, width])
  const start = performance.now()
  const output = await session.run({ image })
  const ms = performance.now() - start
  answers.push({
    boxes: [...output.boxes.data],
    labels: [...output.labels.data].map(Number),
    scores: [...output.scores.data],
    masks: [...output.masks.data],
    ms,
  })
}
fs.writeFileSync(results, JSON.stringify(answers))
