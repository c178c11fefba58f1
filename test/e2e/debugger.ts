import { SourceMap } from 'node:module';
import * as z from 'zod';

const Message = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
});
const Script = z.looseObject({ scriptId: z.string(), url: z.string(), sourceMapURL: z.string().default('') });
const Paused = z.looseObject({
  hitBreakpoints: z.array(z.string()).default([]),
  callFrames: z.array(
    z.looseObject({
      location: z.looseObject({ scriptId: z.string(), lineNumber: z.number(), columnNumber: z.number() }),
    }),
  ),
});
const Breakpoint = z.looseObject({ breakpointId: z.string() });
export type Pause = z.infer<typeof Paused>;

/** As much of a debugger as an editor is: it finds places of TypeScript by the maps that stand in the scripts. */
export class Debugger {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #scripts = new Map<string, { url: string; map: SourceMap }>();
  #last = 0;
  pauses: Pause[] = [];

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(Message.parse(JSON.parse(String(data))));
  }

  static async attach(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const attached = new Debugger(socket);
    await attached.send('Debugger.enable');
    return attached;
  }

  send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<unknown>((resolve) => this.#answers.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer;
  }

  /** Sets a breakpoint where the first code of a line of a source is, in the script that was made from it last. */
  async breakAt(source: string, line: number): Promise<string> {
    for (const { url, map } of [...this.#scripts.values()].reverse()) {
      const place = generatedPlace(map, source, line);
      if (place)
        return Breakpoint.parse(await this.send('Debugger.setBreakpointByUrl', { url, ...place })).breakpointId;
    }
    throw new Error(`no script that was loaded has code of ${source}:${line}`);
  }

  /** Where a pause is, in the sources. */
  sourceOf({ callFrames }: Pause): string {
    const [frame] = callFrames;
    const map = frame && this.#scripts.get(frame.location.scriptId)?.map;
    const entry = map?.findEntry(frame!.location.lineNumber, frame!.location.columnNumber);
    return entry && 'originalSource' in entry ? `${entry.originalSource}:${entry.originalLine + 1}` : 'unknown';
  }

  close(): void {
    this.#socket.close();
  }

  #receive({ id, method, params, result }: z.infer<typeof Message>): void {
    if (id !== undefined) this.#answers.get(id)?.(result);
    if (method === 'Debugger.paused') this.pauses.push(Paused.parse(params));
    if (method !== 'Debugger.scriptParsed') return;
    const { scriptId, url, sourceMapURL } = Script.parse(params);
    const [head, encoded] = sourceMapURL.split(',');
    if (!url.endsWith('/index.js') || !head?.startsWith('data:') || !encoded) return;
    const map = new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()));
    this.#scripts.set(scriptId, { url, map });
  }
}

/** The first code of a line stands within as many columns of its bundle. */
const WIDEST_INDENT = 60;

function generatedPlace(map: SourceMap, source: string, line: number) {
  const rows = map.payload.mappings.split(';').length;
  for (let lineNumber = 0; lineNumber < rows; lineNumber += 1) {
    for (let columnNumber = 0; columnNumber < WIDEST_INDENT; columnNumber += 1) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if (!('originalSource' in entry) || entry.generatedLine !== lineNumber || entry.originalLine !== line - 1)
        continue;
      if (entry.originalSource.endsWith(source)) return { lineNumber, columnNumber: entry.generatedColumn };
    }
  }
  return undefined;
}
