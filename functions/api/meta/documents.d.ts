/** Made by infra/generate-api.ts when the functions are bundled: a fresh clone has no such file yet. */
declare module '*/dist/api/documents.json' {
  const documents: { openapi: string; docs: string };
  export default documents;
}
