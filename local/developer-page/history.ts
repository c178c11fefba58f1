import * as z from 'zod';
import { type Html, html, pretty } from './html.ts';

export const historyEvent = z.looseObject({
  id: z.number(),
  type: z.string(),
  timestamp: z.number(),
  previousEventId: z.number().optional(),
  stateEnteredEventDetails: z.object({ name: z.string(), input: z.string().optional() }).optional(),
  stateExitedEventDetails: z.object({ name: z.string(), output: z.string().optional() }).optional(),
});
type HistoryEvent = z.infer<typeof historyEvent>;

interface VisitedState {
  name: string;
  input: string | undefined;
  output: string | undefined;
  from: number;
  to: number | undefined;
  /** What went wrong inside, the last time; a state that went on all the same was retried or caught. */
  failure: { error: string; cause: string } | undefined;
  failures: number;
  /** A later attempt succeeded. */
  recovered: boolean;
}

/** The states in the order they were entered, each with a bar for its time in the execution. */
export function drawHistory(events: HistoryEvent[], start: number, end: number): Html {
  const span = Math.max(1, end - start);
  const percent = (milliseconds: number) => `${((100 * milliseconds) / span).toFixed(2)}%`;
  const steps = visited(events).map((state) => {
    const to = state.to ?? end;
    const kind =
      state.failure && !state.recovered ? 'failed' : state.failure || state.to === undefined ? 'running' : '';
    const bar = `left: ${percent(state.from - start)}; width: ${percent(to - state.from)}`;
    const times = state.failures > 1 ? ` × ${state.failures}` : '';
    return html`<details class="step"><summary class="state ${kind}"><span class="name">${state.name}${
      state.failure ? html`<br><small>${state.failure.error}${times}</small>` : ''
    }</span><span class="lane"><span class="bar" style="${bar}"></span></span><span>${Math.round(to - state.from)} ms</span></summary>
${state.failure ? html`<div class="data"><div class="bad">${state.failure.error}</div>${pretty(state.failure.cause)}</div>` : ''}
<div class="data"><div>input${pretty(state.input ?? '')}</div><div>output${pretty(state.output ?? '')}</div></div></details>`;
  });
  return steps.length > 0 ? html`<div class="scroll">${steps}</div>` : html`<p class="none">No state was entered.</p>`;
}

function visited(events: HistoryEvent[]): VisitedState[] {
  const states: VisitedState[] = [];
  // Branches of a Parallel run side by side: whose event it is shows in the chain of previous events.
  const owner = new Map<number, VisitedState>();
  for (const event of events) {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    const at = event.timestamp * 1000;
    const around = owner.get(event.previousEventId ?? 0);
    if (entered) {
      const { name, input } = entered;
      const state = {
        name,
        input,
        output: undefined,
        from: at,
        to: undefined,
        failure: undefined,
        failures: 0,
        recovered: false,
      };
      states.push(state);
      owner.set(event.id, state);
      continue;
    }
    if (around) owner.set(event.id, around);
    const failure = failureOf(event);
    if (around && failure) Object.assign(around, { failure, failures: around.failures + 1, recovered: false });
    if (around && event.type.endsWith('Succeeded')) around.recovered = true;
    const left =
      exited && (around?.name === exited.name ? around : states.findLast(({ name }) => name === exited.name));
    if (left) Object.assign(left, { to: at, output: exited.output });
  }
  return states;
}

const details = z.object({ error: z.string().optional(), cause: z.string().optional() });

function failureOf(event: HistoryEvent): VisitedState['failure'] {
  if (event.type.startsWith('Execution') || !/(Failed|TimedOut)$/.test(event.type)) return undefined;
  const [, found] = Object.entries(event).find(([key]) => key.endsWith('EventDetails')) ?? [];
  const { error = event.type, cause = '' } = details.safeParse(found).data ?? {};
  return { error, cause };
}
