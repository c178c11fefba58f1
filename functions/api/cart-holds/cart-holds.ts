import { createHash } from 'node:crypto';
import { type CartHold, CartHoldId, isHeld } from '../../../shared/domain/stock/cart-hold.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest, Idempotency } from '../../../shared/runtime/request.ts';
import {
  type CartHoldDeps,
  endCartHold,
  extendCartHold,
  holdCart,
} from '../../../shared/use-cases/stock/cart-holds.ts';
import type { cartHoldContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof cartHoldContracts> = ApiRequest<(typeof cartHoldContracts)[Name]>;

/** A request that comes again finds the hold that it made, as it is now. */
export async function createCartHold(
  deps: CartHoldDeps,
  { body, idempotency }: RequestOf<'holdCart'>,
): Promise<Answer> {
  if (!idempotency) throw new ProblemError('idempotency_key_required');
  const held = await holdCart(deps, {
    id: idOf(idempotency),
    requestHash: idempotency.requestHash,
    storefrontId: body.storefront,
    lines: body.lines,
    locationId: body.locationId,
    seconds: body.seconds,
  });
  switch (held.outcome) {
    case 'held':
      return created(held.hold);
    case 'replay':
      if (!held.isSame) throw new ProblemError('idempotency_key_reused');
      return created(held.hold, { 'idempotent-replayed': 'true' });
    case 'too_scattered':
      throw new ProblemError('cart_too_scattered');
    case 'unknown_storefront':
      throw pointing(held.outcome, '/storefront', body.storefront);
    case 'unknown_location':
      throw pointing(held.outcome, '/locationId', body.locationId ?? '');
    case 'short': {
      const errors = held.lines.map(({ line, requested, available }) => ({
        pointer: `/lines/${line}/quantity`,
        code: 'stock_short',
        detail: `${requested} are asked for, ${available} can be had.`,
      }));
      const extensions = { short: held.lines.map(({ line: _, ...rest }) => rest) };
      throw new ProblemError('stock_short', 'Not every unit can be had: nothing is held.', { errors, extensions });
    }
  }
}

const pointing = (code: 'unknown_storefront' | 'unknown_location', pointer: string, detail: string): ProblemError =>
  new ProblemError(code, undefined, { errors: [{ pointer, code, detail }] });

export async function getCartHold({ holds }: CartHoldDeps, { params }: RequestOf<'getCartHold'>): Promise<Answer> {
  const kept = await holds.hold(params.id);
  if (!kept) throw new ProblemError('cart_hold_not_found');
  return { status: 200, body: represent(kept.hold) };
}

export async function extend(deps: CartHoldDeps, { params, body }: RequestOf<'extendCartHold'>): Promise<Answer> {
  const result = await extendCartHold(deps, params.id, body.seconds);
  if (!result) throw new ProblemError('cart_hold_not_found');
  if (!result.changed || !isHeld(result.hold, isoNow(deps.system))) throw ended(result.hold);
  return { status: 200, body: represent(result.hold) };
}

/** Released twice is released once; what has become an order is canceled with the order. */
export async function release(deps: CartHoldDeps, { params }: RequestOf<'releaseCartHold'>): Promise<Answer> {
  const result = await endCartHold(deps, params.id, 'RELEASED');
  if (!result) throw new ProblemError('cart_hold_not_found');
  if (result.hold.state === 'CONVERTED') throw ended(result.hold);
  return { status: 204 };
}

const ended = ({ state, orderId }: CartHold) =>
  new ProblemError('cart_hold_ended', undefined, { extensions: { state, ...(orderId && { orderId }) } });

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The key names the hold: the same request can only ever make one. */
function idOf({ owner, key }: Idempotency): CartHoldId {
  const digest = createHash('sha256').update(`${owner}\n${key}`).digest();
  const characters = Array.from({ length: 26 }, (_, index) => crockford[(digest[index] ?? 0) % 32]);
  return CartHoldId.parse(`hld_${characters.join('')}`);
}

const created = (hold: CartHold, headers: Record<string, string> = {}): Answer => ({
  status: 201,
  headers: { location: `/v1/cart-holds/${hold.id}`, ...headers },
  body: represent(hold),
});

const represent = ({ storefrontId, version: _, ...hold }: CartHold) => ({ ...hold, storefront: storefrontId });
