import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from './scene-world.ts';

export async function listensToWebhooks({ api, receiver }: World): Promise<void> {
  // Few events: each is tried again for days.
  const eventTypes = ['fulfillment.delivered'];
  await api.must('admin', 'POST', '/v1/webhook-endpoints', { url: receiver.url, eventTypes });
  const other = await api.must<{ id: string }>('admin', 'POST', '/v1/webhook-endpoints', { url: `${receiver.url}/2` });
  await api.must('admin', 'GET', `/v1/webhook-endpoints/${other.id}`);
  await api.must('admin', 'DELETE', `/v1/webhook-endpoints/${other.id}`);
  // One that says it is gone is disabled by its first delivery.
  await api.must('admin', 'POST', '/v1/webhook-endpoints', { url: receiver.gone, eventTypes });
}

/** Partners: one answers 503 to everything, so that its deliveries are tried again and again; one is gone. */
export async function startReceiver() {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(request.url === '/gone' ? 410 : 503).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url: `${url}/busy`,
    gone: `${url}/gone`,
    stop() {
      // A delivery that was cut off would keep it open.
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
