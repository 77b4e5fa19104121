export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'
export { type Place, urlOf } from './place.ts'
export { messageOf, StartError, systemCode } from './start-error.ts'
