import type { ShippingService } from '../../../shared/domain/location.ts';
import type { RatesReader } from '../../../shared/ports/network.ts';
import type { System } from '../../../shared/ports/system.ts';

/** As long as API keys are remembered. The rates of a large shop are some hundred kilobytes. */
const rememberedFor = 30_000;

export interface ShippingServices {
  /** Does a rate of the shop have it? Without, no site can ever send the order. */
  has(service: ShippingService): Promise<boolean>;
}

/** What was there a moment ago is taken at its word; what was not is looked for again, as rates may come at any time. */
export function shippingServices(reader: RatesReader, { now }: Pick<System, 'now'>): ShippingServices {
  let known: { services: ReadonlySet<ShippingService>; at: number } | undefined;
  return {
    async has(service) {
      if (known?.services.has(service) && now() - known.at < rememberedFor) return true;
      const { rates } = await reader.rates();
      known = { services: new Set(rates.map((rate) => rate.service)), at: now() };
      return known.services.has(service);
    },
  };
}
