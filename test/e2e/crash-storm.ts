import { ApiClient } from '../../local/client.ts';
import { until } from './fixture.ts';
import type { ShopAddress, ShopProcess } from './shop-process.ts';

/** One start in so many is killed as well, before it is ready. */
const startsKilled = 0.15;

export interface StormPlan {
  orders: number;
  kills: number;
  /** 0 <= n < 1 */
  random: () => number;
  /** Hears how far it is, now and then: a long storm that hangs should say where. */
  report: (progress: string) => void;
}

/** Kills between two reports. */
const reportEvery = 50;

/** Kills the shop and starts it again, at moments that chance chooses. */
export class Storm {
  at: ShopAddress;
  killed = 0;
  killedStarting = 0;
  readonly #shop: ShopProcess;
  readonly #plan: StormPlan;
  readonly #starts: number[] = [];
  #restarting: Promise<void> | undefined;
  #reported = 0;

  constructor(shop: ShopProcess, at: ShopAddress, plan: StormPlan) {
    this.#shop = shop;
    this.at = at;
    this.#plan = plan;
  }

  /** A client tries again until it is answered, with the same key: what a well-written storefront does. */
  async persist<T>(attempt: (api: ApiClient) => Promise<T>): Promise<T> {
    for (;;) {
      await this.#restarting;
      try {
        return await attempt(new ApiClient(this.at.api, this.at.keys));
      } catch (error) {
        if (!(error instanceof TypeError) && !/: 5\d\d |: 409 .*in_flight/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Spread over the whole run: a kill for every few orders that are acknowledged. */
  async rage(acknowledged: () => number): Promise<void> {
    const { orders, kills, random } = this.#plan;
    for (let n = 0; this.killed < kills; n++) {
      const target = Math.floor(((n + random()) * orders) / (kills * (1 - startsKilled)));
      await until(() => acknowledged() > Math.min(target, orders - 1), 'orders to be acknowledged', 120_000);
      await new Promise((resolve) => setTimeout(resolve, random() * 150));
      this.#restarting = this.#restart();
      await this.#restarting;
      this.#restarting = undefined;
      this.#reportNowAndThen(acknowledged());
    }
  }

  #reportNowAndThen(acknowledged: number): void {
    if (this.killed - this.#reported < reportEvery) return;
    this.#reported = this.killed;
    this.#plan.report(`${this.killed} kills, ${acknowledged} orders`);
  }

  async #restart(): Promise<void> {
    const { kills, random } = this.#plan;
    await this.#kill();
    while (this.killed < kills && random() < startsKilled) {
      const starting = this.#shop.start().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, random() * 1500));
      await this.#kill();
      await starting;
      this.killedStarting++;
    }
    const began = Date.now();
    this.at = await this.#shop.start();
    this.#starts.push(Date.now() - began);
  }

  async #kill(): Promise<void> {
    await this.#shop.stop('SIGKILL');
    this.killed++;
  }

  startTimes(): string {
    const sorted = this.#starts.sort((a, b) => a - b);
    return `${sorted[Math.floor(sorted.length / 2)]} ms (median), ${sorted.at(-1)} ms (longest)`;
  }
}
