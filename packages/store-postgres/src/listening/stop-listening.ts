/** Ends listening. Resolves when the client is as it was before; never rejects. */
export type StopListening = () => Promise<void>
