export { type DataFolder, openDataFolder } from './data-folder.ts'
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'
export { checkPlace, type Place, placeError, urlOf } from './listening.ts'
export { messageOf, StartError, systemCode } from './start-error.ts'
