/**
 * What the changesets ask for, by semver below 1.0.0: there, what breaks is a minor. changesets itself would make 1.0.0 of every package
 * whose peer, core, has a minor, since that leaves the range `^0.x` that it asks for.
 */
import getReleasePlan from '@changesets/get-release-plan'
import { root } from '../workspace.js'

export async function releasePlan() {
  const plan = await getReleasePlan(root)
  return { ...plan, releases: plan.releases.map(lowered) }
}

function lowered(release) {
  const [major, minor] = release.oldVersion.split('.').map(Number)
  if (release.type !== 'major' || major > 0) return release
  return { ...release, type: 'minor', newVersion: `0.${minor + 1}.0` }
}
