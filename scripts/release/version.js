/** `npm run release:version`: writes the next versions and their changelogs, and takes the changesets away. What is new is then committed. */
import applyReleasePlan from '@changesets/apply-release-plan'
import { read } from '@changesets/config'
import { getPackages } from '@manypkg/get-packages'
import { root, runTool } from '../workspace.js'
import { releasePlan } from './plan.js'

const packages = await getPackages(root)
await applyReleasePlan(await releasePlan(), packages, await read(root, packages))
runTool('@biomejs/biome/bin/biome', ['check', '--write', 'packages'], { says: 'the manifests could not be formatted' })
