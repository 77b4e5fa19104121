const repository = 'https://github.com/image-recommender/image-recommender/blob/main/'

/**
 * Links of the documents to files beside them in the repository, which the site does not have, lead to the repository. That
 * the files are there is what `scripts/check-docs.js` sees to.
 */
export function leadOutOfDocuments(markdown) {
  markdown.core.ruler.push('leading-out', ({ tokens }) => {
    for (const { children } of tokens) {
      for (const token of children ?? []) {
        const target = token.type === 'link_open' ? token.attrGet('href') : null
        if (target?.startsWith('../')) token.attrSet('href', repository + target.slice('../'.length))
      }
    }
  })
}
