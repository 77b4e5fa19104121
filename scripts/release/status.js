/** `npm run release:status`: which versions the next release has. */
import { releasePlan } from './plan.js'

const { releases } = await releasePlan()
for (const { name, oldVersion, newVersion, type } of releases)
  if (type !== 'none') console.log(`${name}  ${oldVersion} → ${newVersion}`)
if (releases.length === 0) console.log('Nothing is to be released: there is no changeset.')
