/** The target with some of its methods replaced; all are called on the target, as those with private parts must be. */
export function faulty<T extends object>(target: T, faults: Partial<T> = {}): T {
  return new Proxy(target, {
    get(_, key) {
      const value = Reflect.get(key in faults ? faults : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
