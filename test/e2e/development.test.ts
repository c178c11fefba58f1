import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient, sampleOrder } from '../../local/client.ts';
import { Debugger } from './debugger.ts';
import { DevelopmentShop } from './development-shop.ts';
import { until } from './fixture.ts';
import type { ShopAddress } from './shop-process.ts';

const STEP = 'functions/steps/reserve-stock/handler.ts';
const MACHINE = 'state-machines/place-order.asl.json';
/** A machine that is busy with other tests takes many times what an edit takes otherwise. */
const PATIENCE = 120_000;

let orders = 0;
/** An order goes through the step, and is confirmed. */
async function order({ api, keys }: ShopAddress, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  const client = new ApiClient(api, keys);
  orders += 1;
  const { id } = await client.place(
    sampleOrder(`edited-${orders}`, [{ sku: 'donut-glazed', quantity: 1, unitPrice: 180 }]),
  );
  await meanwhile();
  await client.waitFor(id, ({ status }) => status === 'CONFIRMED', PATIENCE);
}

describe('npm start -- --watch', () => {
  const shop = new DevelopmentShop();
  let address: ShopAddress;
  beforeAll(async () => {
    address = await shop.start('--watch');
  }, PATIENCE);
  afterAll(() => shop.stop(), PATIENCE);
  const file = (path: string) => join(shop.root, path);

  test(
    'a step that was edited runs its new code for the next order; one that is broken then does not, and the code before goes on',
    async () => {
      await order(address);
      appendFileSync(file(STEP), "process.stdout.write('the edited step is loaded\\n');\n");
      expect(await shop.hears(/reloaded .*\(\d+ ms\)/)).toMatch(/^reloaded steps\/reserve-stock \(/);
      await order(address);
      await until(() => shop.output.includes('the edited step is loaded'), 'what the new code prints');

      appendFileSync(file(STEP), 'this is no TypeScript\n');
      const said = await shop.hears(/not reloaded, the code before goes on\n[\s\S]*this is no TypeScript/);
      expect(said).toMatch(/handler\.ts:\d+:\d+/);
      await order(address);
    },
    PATIENCE,
  );

  test(
    'a definition that was edited is the machine’s; one that the lint refuses is not',
    async () => {
      const client = new SFNClient({
        endpoint: address.aws,
        region: 'us-east-1',
        credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
      });
      const comment = async () => {
        const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
        const placing = stateMachines.find(({ name }) => name?.endsWith('-place-order'));
        const { definition } = await client.send(
          new DescribeStateMachineCommand({ stateMachineArn: placing?.stateMachineArn }),
        );
        return JSON.parse(definition ?? '{}').Comment;
      };
      const definition = JSON.parse(readFileSync(file(MACHINE), 'utf8'));
      writeFileSync(file(MACHINE), JSON.stringify({ ...definition, Comment: 'Edited' }));
      await shop.hears(/reloaded state-machines\/place-order\.asl\.json \(\d+ ms\)/);
      expect(await comment()).toBe('Edited');
      await order(address);

      writeFileSync(file(MACHINE), JSON.stringify({ ...definition, Comment: 'Broken', StartAt: 'Nowhere' }));
      expect(await shop.hears(/place-order\.asl\.json not taken, the definition before stays\n.+/)).toMatch(/Nowhere/);
      expect(await comment()).toBe('Edited');
      client.destroy();
    },
    PATIENCE,
  );

  test(
    'infrastructure wants a restart, and says so',
    async () => {
      appendFileSync(file('infra/settings.ts'), '// edited\n');
      await shop.hears(/infra\/settings\.ts changed: restart/);
    },
    PATIENCE,
  );
});

describe('npm start -- --inspect', () => {
  const shop = new DevelopmentShop();
  afterAll(() => shop.stop(), PATIENCE);

  test(
    'a breakpoint in the TypeScript of a step stops it there, with an order in its hands; the order goes on when the step does',
    async () => {
      const address = await shop.start('--inspect-port', '0');
      const listening = await shop.hears(/ws:\/\/\S+/);
      const attached = await Debugger.attach(listening);
      await order(address);

      const lines = readFileSync(join(shop.root, STEP), 'utf8').split('\n');
      const line = lines.findIndex((text) => text.includes('reserveStock(deps')) + 1;
      const breakpoint = await attached.breakAt(STEP, line);
      await order(address, async () => {
        await until(() => attached.pauses.length > 0, 'the breakpoint', PATIENCE);
        const [pause] = attached.pauses;
        expect(pause?.hitBreakpoints).toEqual([breakpoint]);
        expect(pause && attached.sourceOf(pause)).toMatch(new RegExp(`${STEP}:${line}$`));
        await attached.send('Debugger.removeBreakpoint', { breakpointId: breakpoint });
        await attached.send('Debugger.resume');
      });
      attached.close();
    },
    PATIENCE,
  );
});
