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
  { query: { limit, cursor }, ...request }: Request,
  route: string,
  all: Iterable<T>,
): Promise<Answer> =>
  pageAnswer(
    deps,
    { ...request, route, filters: {}, limit, cursor },
    async ({ limit: most, after }) => {
      const rest = [...all].filter(({ id }) => !after || id > after.id!).sort((a, b) => (a.id < b.id ? -1 : 1));
      const items = rest.slice(0, most);
      const last = items.at(-1);
      return { items, ...(last && rest.length > most && { next: { id: last.id } }) };
    },
    (item) => item,
  );
