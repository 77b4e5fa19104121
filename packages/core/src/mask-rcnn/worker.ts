/** Entry of the worker thread. */
import { runWorker } from '../onnx-extractor/thread/run-worker.ts'
import { maskRcnnFamily } from './mask-rcnn-family.ts'

void runWorker(maskRcnnFamily)
