import type { OrderView } from '../../../../local/client.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../../../local/cloud.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { seed } from '../../../../local/seed.ts';
import { localParameters } from '../../../../local/template-parameters.ts';
import { dynamoFeeds } from '../../../../shared/adapters/dynamodb/inventory/feed-store.ts';
import { dynamoSimulations } from '../../../../shared/adapters/dynamodb/simulation-store.ts';
import { accountsAreKept, paidInOtherWays } from './account-scenes.ts';
import {
  backorderThenSupply,
  canceledAndVoided,
  creditsArePosted,
  flakyAndLostMoney,
  shippedBeforeTheWorkflow,
  timeGoesBy,
  twoSitesDelivered,
} from './delivery-scenes.ts';
import { stockIsFed } from './feed-scenes.ts';
import { screeningIsSet } from './fraud-scenes.ts';
import { hotSku } from './hot-sku-scenes.ts';
import { booksAreRead, filesAreReconciled } from './ledger-scenes.ts';
import { linesOfEveryKind } from './order-line-scenes.ts';
import { PatientClient } from './patient-client.ts';
import { readsEverything } from './reading-scenes.ts';
import { givenBackAndRerouted, outOfService } from './reroute-scenes.ts';
import { routed, shadowed, simulated } from './routing-scenes.ts';
import { asOperator, forgetCursorSecret, second, stopExecutions, type World } from './scene-world.ts';
import { stockMoves } from './stock-scenes.ts';
import { storefrontsSell } from './storefront-scenes.ts';
import { parkedThenRetried, poisonedRecords, redeliveries, stuckOrders } from './trouble-scenes.ts';
import { listensToWebhooks, startReceiver } from './webhook-scenes.ts';

type Decision = Parameters<NonNullable<CloudOptions['onDecision']>>[0];

/** What IAM was asked, and in which scene. */
export type Heard = Decision & { scene: string };

/**
 * Plays everything the product does, once, on a clock that moves when told to, from the assembly given. Resolves with what IAM was asked
 * on the way.
 * @param last plays only this scene and those that it needs
 * @throws the first refusal, at once, as a test that depends on the grant would end; or whatever else is not as scripted
 */
export async function playWholeProduct(assembly: string, last?: string): Promise<{ cloud: Cloud; heard: Heard[] }> {
  const clock = new FakeClock();
  const heard: Heard[] = [];
  const denied = Promise.withResolvers<never>();
  denied.promise.catch(() => {}); // Raced below.
  let first: Denied | undefined;
  let scene = START;
  const cloud = await startCloud({
    assembly,
    apiPort: 0,
    awsPort: 0,
    clock,
    parameters: localParameters,
    lambda: { inProcess: true },
    onFailure: () => {},
    onDecision(decision) {
      heard.push({ ...decision, scene });
      if (decision.allowed) return;
      first ??= new Denied(decision);
      denied.reject(first);
    },
  }).catch((error: unknown) => {
    // What feeds functions asks at the start already.
    throw first ?? error;
  });
  const receiver = await startReceiver();
  try {
    const scenario = async () => {
      const api = new PatientClient(cloud.apiUrl, await seed(cloud), clock);
      await clock.settle();
      const needed = last === undefined ? scenes : withWhatItNeeds(last);
      for (const { name, play } of needed) {
        scene = name;
        await play({ cloud, clock, api, receiver });
      }
    };
    await Promise.race([denied.promise, scenario()]);
    return { cloud, heard };
  } finally {
    await cloud.stop();
    await receiver.stop();
  }
}

export class Denied extends Error {
  override readonly name = 'AccessDeniedException';
  readonly decision: Decision;

  constructor(decision: Decision) {
    const who = decision.principal.kind === 'role' ? decision.principal.arn : decision.principal.service;
    super(`${who} is not authorized to perform ${decision.action} on ${decision.resource}`);
    this.decision = decision;
  }
}

/** Before the first scene: the cloud starts, and is stocked. */
export const START = 'start';

interface Scene {
  name: string;
  play: (world: World) => Promise<void>;
  /** Scenes whose orders it looks at. */
  needs?: string[];
}

const scene = (play: (world: World) => Promise<void>, ...needs: ((world: World) => Promise<void>)[]): Scene => ({
  name: play.name,
  play,
  needs: needs.map(({ name }) => name),
});

const scenes: Scene[] = [
  scene(listensToWebhooks),
  scene(twoSitesDelivered, listensToWebhooks),
  scene(backorderThenSupply),
  scene(flakyAndLostMoney),
  scene(canceledAndVoided),
  scene(parkedThenRetried),
  scene(shippedBeforeTheWorkflow),
  scene(givenBackAndRerouted),
  scene(outOfService),
  scene(stuckOrders),
  scene(redeliveries, twoSitesDelivered),
  scene(cardsAreIssued),
  scene(fraudIsLookedFor),
  scene(stockIsMoved),
  scene(stockIsTold),
  scene(hotSku),
  scene(storefrontsOpen),
  scene(orderLines),
  scene(routed),
  scene(shadowed),
  scene(policiesAreTried, routed),
  scene(creditsArePosted),
  scene(booksAreKept, twoSitesDelivered),
  scene(providerSettles, twoSitesDelivered),
  scene(readsEverything, twoSitesDelivered),
  scene(poisonedRecords),
  scene(timeGoesBy, twoSitesDelivered, stuckOrders),
];

/** In the order of the whole. An unknown name is `START`: that plays nothing. */
function withWhatItNeeds(last: string): Scene[] {
  const names = new Set([last]);
  for (const { name, needs } of scenes.toReversed())
    if (names.has(name)) for (const need of needs ?? []) names.add(need);
  return scenes.filter(({ name }) => names.has(name));
}

async function cardsAreIssued({ api, cloud, clock }: World): Promise<void> {
  const { code } = await accountsAreKept(api, () => forgetCursorSecret(cloud));
  await paidInOtherWays(api, clock, cloud.apiUrl, code);
}

function fraudIsLookedFor(world: World): Promise<void> {
  return screeningIsSet(world, () => forgetCursorSecret(world.cloud));
}

function storefrontsOpen(world: World): Promise<void> {
  return storefrontsSell(world, () => forgetCursorSecret(world.cloud));
}

function stockIsMoved(world: World): Promise<void> {
  return stockMoves(world, () => forgetCursorSecret(world.cloud));
}

function stockIsTold(world: World): Promise<void> {
  return asOperator(world.cloud, (client, system) =>
    stockIsFed(world, dynamoFeeds(client, world.cloud.outputs.InventoryTable ?? '', system), () =>
      forgetCursorSecret(world.cloud),
    ),
  );
}

function booksAreKept(world: World): Promise<void> {
  return booksAreRead(world, () => forgetCursorSecret(world.cloud));
}

async function providerSettles(world: World): Promise<void> {
  await world.clock.advance(60 * second);
  const order = await world.api.must<{ data: OrderView[] }>('admin', 'GET', '/v1/orders?externalId=iam-two-sites');
  await filesAreReconciled(world, order.data[0]?.id ?? '', () => forgetCursorSecret(world.cloud));
}

function policiesAreTried(world: World): Promise<void> {
  return asOperator(world.cloud, (client) =>
    simulated(world, dynamoSimulations(client, world.cloud.outputs.OrdersTable ?? '')),
  );
}

function orderLines(world: World): Promise<void> {
  return linesOfEveryKind(world, () => stopExecutions(world.cloud, 'deliver-digital'));
}
