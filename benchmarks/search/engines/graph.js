/** The same for all three graphs: neighbours of a node, candidates while building, candidates while searching. */
export const graph = { links: 16, whileBuilding: 200, whileSearching: (k) => Math.max(200, k) }

export const graphSettings = `M = ${graph.links}, efConstruction = ${graph.whileBuilding}, ef = max(200, k)`
