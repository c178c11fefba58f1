import type { OrderId } from '../../../shared/domain/ids.ts';
import type { Currency } from '../../../shared/domain/money.ts';
import type { Kpis, Plan, RoutingDecision } from '../../../shared/domain/routing/decision.ts';
import { explain } from '../../../shared/domain/routing/explain.ts';
import type { RoutingInput } from '../../../shared/domain/routing/input.ts';
import { whatIf } from '../../../shared/domain/routing/what-if.ts';
import type { OrderStore } from '../../../shared/ports/order-store.ts';
import type { KeptRoute, RouteLog } from '../../../shared/ports/route-log.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { type Fault, ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { routingContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof routingContracts> = ApiRequest<(typeof routingContracts)[Name]>;
type Patch = RequestOf<'askWhatIf'>['body']['patch'];

export interface RoutingDeps {
  orders: Pick<OrderStore, 'events'>;
  routes: RouteLog;
}

const listed = 20;

export async function listRoutingDecisions(
  deps: RoutingDeps,
  { params }: RequestOf<'listRoutingDecisions'>,
): Promise<Answer> {
  const [currency, decisions] = await Promise.all([
    currencyOf(deps, params.id),
    deps.routes.decisions(params.id, listed),
  ]);
  return { status: 200, body: { data: decisions.map((one) => represent(one, currency)) } };
}

export async function askWhatIf(deps: RoutingDeps, { body }: RequestOf<'askWhatIf'>): Promise<Answer> {
  const { orderId, patch } = body;
  const currency = await currencyOf(deps, orderId);
  const known = await deps.routes.decisions(orderId, body.decision === undefined ? 1 : listed);
  const wanted = known.find(({ version }) => body.decision === undefined || version === body.decision);
  if (!wanted) throw new ProblemError('routing_decision_not_found');
  const input = await deps.routes.input(orderId, wanted.version);
  if (!input) throw new ProblemError('routing_input_not_kept');
  const errors = faultsOf(patch, input);
  if (errors.length > 0) throw new ProblemError('validation_failed', undefined, { errors });
  const difference = whatIf(input, given(patch));
  const side = (decision: RoutingDecision) => ({
    ...outcomeOf(decision),
    explanation: explain(decision, currency),
  });
  return {
    status: 200,
    body: {
      orderId,
      decision: wanted.version,
      ...difference,
      before: side(difference.before),
      after: side(difference.after),
    },
  };
}

/** Every order begins with `order.placed`. */
async function currencyOf({ orders }: RoutingDeps, id: OrderId): Promise<Currency> {
  const [placed] = await orders.events(id, { limit: 1 });
  if (placed?.type !== 'order.placed') throw new ProblemError('order_not_found');
  return placed.data.currency;
}

/** A site or a SKU that the decision did not know would change nothing: more often a typing error than a wish. */
function faultsOf(patch: Patch, input: RoutingInput): Fault[] {
  const sites = new Set<string>(input.sites.map(({ locationId }) => locationId));
  const skus = new Set<string>(input.needs.map(({ sku }) => sku));
  const lists = ['closeSites', 'openSites', 'excludeSites', 'onlySites'] as const;
  const unknown = lists.flatMap((list) =>
    (patch[list] ?? []).flatMap((id, index) => (sites.has(id) ? [] : [unknownSite(`/patch/${list}/${index}`, id)])),
  );
  const stock = (patch.addStock ?? []).flatMap(({ locationId, sku }, index) => {
    const at = `/patch/addStock/${index}`;
    const detail = `The decision was not about ${sku}.`;
    return [
      ...(sites.has(locationId) ? [] : [unknownSite(`${at}/locationId`, locationId)]),
      ...(skus.has(sku) ? [] : [{ pointer: `${at}/sku`, code: 'unknown_sku', detail }]),
    ];
  });
  return [...unknown, ...stock].slice(0, 100);
}

const unknownSite = (pointer: string, id: string): Fault => ({
  pointer,
  code: 'unknown_location',
  detail: `The decision did not know a location ${id}.`,
});

/** Without the parts that are absent. */
function given({ weights, policy, maxParcels, addStock, ...sites }: Patch): Parameters<typeof whatIf>[1] {
  const present = <T extends object>(parts: T) =>
    Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
  return {
    ...present(sites),
    ...(addStock && { addStock }),
    ...(policy && { policy }),
    ...(weights && { weights: present(weights) }),
    ...(maxParcels !== undefined && { maxParcels }),
  };
}

const represent = ({ version, at, decision, leftOut }: KeptRoute, currency: Currency) => ({
  decision: version,
  at,
  ...outcomeOf(decision),
  inputHash: decision.inputHash,
  trail: decision.trail,
  runnerUp: decision.runnerUp && planOf(decision.runnerUp),
  candidates: decision.candidates.map(({ locations, ...candidate }) => ({
    locationId: locations.join('+'),
    ...candidate,
  })),
  leftOut,
  shadow: decision.shadow.map(({ kpis, ...shadow }) => ({ ...shadow, ...(kpis && { kpis: kpisOf(kpis) }) })),
  explanation: explain(decision, currency),
});

const outcomeOf = ({
  policy,
  policyVersion,
  outcome,
  onShort,
  rule,
  cascade,
  chosen,
  short,
  truncated,
}: RoutingDecision) => ({
  policy,
  policyVersion,
  outcome,
  ...(onShort && { onShort }),
  rule,
  ...(cascade && { cascade }),
  chosen: chosen && planOf(chosen),
  short,
  truncated,
});

const planOf = ({ parcels, ...plan }: Plan) => ({
  ...plan,
  parcels: parcels.map(({ arrivalAt, ...parcel }) => ({ ...parcel, arrivalAt: new Date(arrivalAt).toISOString() })),
  kpis: kpisOf(plan.kpis),
});

const kpisOf = ({ arrivalAt, ...kpis }: Kpis) => ({
  ...kpis,
  arrivalAt: arrivalAt === null ? null : new Date(arrivalAt).toISOString(),
});
