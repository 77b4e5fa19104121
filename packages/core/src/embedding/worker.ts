/** Entry of the worker thread. */
import { runWorker } from '../onnx-extractor/thread/run-worker.ts'
import { embeddingFamily } from './embedding-family.ts'

void runWorker(embeddingFamily)
