import type { DiskCall, Intervention } from './watched-disk.ts'

/** How the call of that number fails. */
export const ways: Record<string, (number: number) => Intervention> = {
  'is not done': (number) => ({ before: (call) => failAt(call, call.number === number) }),
  'is done, but is said to have failed': (number) => ({ after: (call) => failAt(call, call.number === number) }),
  'is done by half, and none like it after that': (number) => {
    let broken: string | undefined
    return {
      before: (call) => failAt(call, call.name === broken),
      allows: (length, call) => {
        if (call.number !== number) return length
        broken = call.name
        return length >> 1
      },
    }
  },
}

function failAt({ name, path }: DiskCall, fails: boolean): void {
  if (fails) throw Object.assign(new Error(`EIO: i/o error, ${name} '${path}'`), { code: 'EIO' })
}
