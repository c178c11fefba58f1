/** What has to be known of a message that waits. */
export interface Waiting {
  id: number;
  sentAt: number;
  group: string | undefined;
}

/**
 * What to hand out next where messages belong to groups: one of the group that has the least in flight, the oldest of those. So a group whose
 * messages take long, or come in thousands, does not keep the others waiting. A message without a group stands for itself.
 * Source: SQS Developer Guide, "Amazon SQS fair queues".
 * @param waiting oldest first within each group
 * @param inFlight by group
 */
export function inFairOrder(
  waiting: readonly Waiting[],
  inFlight: ReadonlyMap<string, number>,
  limit: number,
): Waiting[] {
  const load = new Map(inFlight);
  const left = [...waiting];
  const chosen: Waiting[] = [];
  const loadOf = ({ group }: Waiting) => (group === undefined ? 0 : (load.get(group) ?? 0));
  while (chosen.length < limit && left.length > 0) {
    let best = 0;
    for (let at = 1; at < left.length; at++) if (comesBefore(left[at]!, left[best]!, loadOf)) best = at;
    const [next] = left.splice(best, 1);
    if (!next) break;
    chosen.push(next);
    if (next.group !== undefined) load.set(next.group, loadOf(next) + 1);
  }
  return chosen;
}

function comesBefore(a: Waiting, b: Waiting, loadOf: (message: Waiting) => number): boolean {
  const [loadA, loadB] = [loadOf(a), loadOf(b)];
  if (loadA !== loadB) return loadA < loadB;
  return a.sentAt === b.sentAt ? a.id < b.id : a.sentAt < b.sentAt;
}
