/**
 * Makes an element: attributes as given, functions as listeners, `false` and `null` left out. Text is never read as HTML.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string | null)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  setAttributes(made, attributes)
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

/** The same for SVG. */
export function svgElement(tag, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  setAttributes(made, attributes)
  made.append(...children)
  return made
}

/** Custom properties; set by script because the content security policy allows no style attributes. */
export function withStyle(made, properties) {
  for (const [name, value] of Object.entries(properties)) made.style.setProperty(name, String(value))
  return made
}

function setAttributes(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue
    if (typeof value === 'function') made.addEventListener(name, value)
    else made.setAttribute(name, value === true ? '' : String(value))
  }
}
