/** What the SDK's clients have in common here. */
interface Client {
  config: { cacheMiddleware?: boolean | undefined };
  middlewareStack: { remove(name: string): boolean };
}

/**
 * A client without two of the SDK's middlewares that cost a tenth of every call and give us nothing: the one that prepares each request and
 * answer for a logger (there is none), and the one that composes the user agent anew each time. Signing, retries and tracing stay. What is
 * left is put together once for each kind of command instead of for each call (the SDK's own option): nobody changes it after this.
 */
export function lean<C extends Client>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.remove('getUserAgentMiddleware');
  client.config.cacheMiddleware = true;
  return client;
}
