/** What must be in an image and what must not: `Map` of names to `'with'` or `'without'`; whatever is not in it may be there or not. */
export function conditionsIn(parameters) {
  const states = [
    ['all', 'with'],
    ['none', 'without'],
  ]
  return new Map(states.flatMap(([key, state]) => parameters.getAll(key).map((name) => [name, state])))
}

/** As parameters of an address, of the page as well as of the server. */
export function conditionParameters(conditions) {
  return [...conditions].map(([name, state]) => [state === 'with' ? 'all' : 'none', name])
}

/** As the server takes them in JSON. */
export function conditionsAsWhere(conditions) {
  const names = (wanted) => [...conditions].filter(([, state]) => state === wanted).map(([name]) => name)
  const [all, none] = [names('with'), names('without')]
  return {
    objects: { ...(all.length > 0 ? { all } : {}), ...(none.length > 0 ? { none } : {}) },
  }
}

/** The next of the three states: either, with, without. */
export function nextState(state) {
  return { undefined: 'with', with: 'without', without: undefined }[state]
}

/** The same conditions with another state of one name; what is new comes last. */
export function changed(conditions, name, state) {
  const next = new Map(conditions)
  if (state === undefined) next.delete(name)
  else next.set(name, state)
  return next
}
