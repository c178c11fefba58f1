import type { StockCommand } from './commands.ts';
import { decideBucket } from './decide-bucket.ts';
import { decideSupply } from './decide-supply.ts';
import { decideTransfer } from './decide-transfer.ts';
import type { StockDecided, StockState } from './decision.ts';

/** What a stock command does to what there is: pure, so that it runs the same in the store's retries and in tests. */
export function decideStock(state: StockState, command: StockCommand): StockDecided {
  switch (command.type) {
    case 'adjust':
    case 'receive':
    case 'count':
    case 'move':
      return decideBucket(state, command);
    case 'transfer':
    case 'receiveTransfer':
    case 'cancelTransfer':
      return decideTransfer(state, command);
    default:
      return decideSupply(state, command);
  }
}
