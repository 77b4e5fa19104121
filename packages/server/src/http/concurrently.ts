/**
 * What `work` makes of each item, in the order in which it is done, with so many under way at once. No item is asked for before
 * there is room for it. Where the items fail, those that are under way come first, then the error.
 */
export async function* concurrently<Item, Result>(
  items: AsyncIterator<Item>,
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const running = new Map<number, Promise<{ readonly index: number; readonly result: Result }>>()
  let next: Promise<void> | undefined
  let begun = 0
  let over = false
  let failure: { readonly error: unknown } | undefined

  async function begin(): Promise<void> {
    try {
      const item = await items.next()
      if (item.done) over = true
      else {
        const index = begun++
        running.set(
          index,
          work(item.value, index).then((result) => ({ index, result })),
        )
      }
    } catch (error) {
      over = true
      failure = { error }
    }
  }

  while (!over || running.size > 0) {
    if (!over && running.size < atOnce) {
      next ??= begin().finally(() => {
        next = undefined
      })
    }
    const done = await Promise.race([...running.values(), ...(next === undefined ? [] : [next])])
    if (done === undefined) continue
    running.delete(done.index)
    yield done.result
  }
  if (failure !== undefined) throw failure.error
}
