/** Entry of the worker thread. */
import { runWorker } from '../onnx-extractor/thread/run-worker.ts'
import { detrFamily } from './detr-family.ts'

void runWorker(detrFamily)
