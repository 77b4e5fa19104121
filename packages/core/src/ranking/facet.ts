/** How pictures are compared that show the same objects. */
export type LookFacet = 'arrangement' | 'colors'

/** How pictures are compared beside the objects that are in them; `embedding`: as a whole, by a dense vector. */
export type Facet = LookFacet | 'embedding'

/** How much facets count beside the objects, which count 1; from 0. */
export type FacetWeights = Readonly<Record<Facet, number>>
