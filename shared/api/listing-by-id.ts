import type { Answer } from '../runtime/answer.ts';
import { type Listing, type ListingDeps, pageAnswer } from './listing.ts';

type Request = Omit<Listing, 'route' | 'filters' | 'limit' | 'cursor'> & {
  query: { limit: number; cursor?: string | undefined };
};

/**
 * A page of a list that is known whole, by id. The next page begins after the last id told, so that what is made or deleted meanwhile neither
 * repeats nor hides another.
 */
export const pageById = <T extends { id: string }>(
  deps: ListingDeps,
  request: Request,
  route: string,
  all: Iterable<T>,
  filters: Listing['filters'] = {},
): Promise<Answer> => pageByKey(deps, request, { route, filters, keyOf: ({ id }) => id }, all);

/** Likewise, by what names each. `filters`: the other query parameters, which `all` has heeded already. */
export const pageByKey = <T>(
  deps: ListingDeps,
  { query: { limit, cursor }, ...request }: Request,
  { route, filters, keyOf }: Pick<Listing, 'route' | 'filters'> & { keyOf: (one: T) => string },
  all: Iterable<T>,
): Promise<Answer> =>
  pageAnswer(
    deps,
    { ...request, route, filters, limit, cursor },
    async ({ limit: most, after }) => {
      const keyed = [...all].map((item) => ({ item, key: keyOf(item) }));
      const rest = keyed.filter(({ key }) => !after || key > after.id!).sort((a, b) => (a.key < b.key ? -1 : 1));
      const page = rest.slice(0, most);
      const last = page.at(-1);
      return { items: page.map(({ item }) => item), ...(last && rest.length > most && { next: { id: last.key } }) };
    },
    (item) => item,
  );
