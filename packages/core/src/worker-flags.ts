/**
 * The option that starts a worker with the flags of its process. It has them by itself, and none is named: those that concern the
 * whole process (`--max-old-space-size`) would be refused. But a program given as text (`node --input-type=module -e …`) has one that
 * workers, which are files, may not have; they go without flags.
 */
export function inheritedFlags(): { execArgv?: string[] } {
  return process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}
}
