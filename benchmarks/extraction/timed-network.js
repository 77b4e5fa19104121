/**
 * Preloaded into the extractor's worker threads (`--import`, which workers inherit): tells on a BroadcastChannel when
 * each run of the network began and ended, in milliseconds since the epoch. The time is taken around the native call, so what the
 * JavaScript of onnxruntime-node does before and after is not the network's.
 */
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

export const CHANNEL = 'timed-network'

if (!isMainThread) {
  const fromCore = createRequire(new URL('../../packages/core/package.json', import.meta.url))
  const main = fromCore.resolve('onnxruntime-node')
  const { binding } = fromCore(main.replace(/index\.js$/, 'binding.js'))
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  const now = () => performance.timeOrigin + performance.now()
  const Session = binding.InferenceSession
  binding.InferenceSession = class extends Session {
    run(...input) {
      const began = now()
      try {
        return super.run(...input)
      } finally {
        channel.postMessage({ began, ended: now() })
      }
    }
  }
}
