import type { Messages } from '../messages.ts';

export const es: Messages = {
  greeting: 'Hola, {name}:',
  items: 'Artículos',
  quantity: 'Cant.',
  amount: 'Importe',
  total: 'Total',
  orderNumber: 'Pedido',
  placedOn: 'Fecha del pedido',
  shipTo: 'Dirección de envío',
  carrier: 'Transportista',
  trackingNumber: 'Número de seguimiento',
  track: 'Seguir el envío',
  footer: 'Recibes este mensaje porque has hecho un pedido en {shop}. Se refiere solo a tu pedido {number}.',
  'order.confirmed.subject': 'Tu pedido {number} está confirmado',
  'order.confirmed.title': 'Gracias por tu pedido',
  'order.confirmed.intro':
    'Hemos recibido tu pedido y estamos preparando {count, plural, one {tu artículo} many {tus # de artículos} other {tus # artículos}}. Te escribiremos de nuevo en cuanto {count, plural, one {salga} other {salgan}} de nuestro almacén.',
  'order.canceled.subject': 'Tu pedido {number} está cancelado',
  'order.canceled.title': 'Tu pedido está cancelado',
  'order.canceled.intro':
    '{count, plural, one {El artículo de tu pedido se ha cancelado y no se enviará} many {# de artículos de tu pedido se han cancelado y no se enviarán} other {Los # artículos de tu pedido se han cancelado y no se enviarán}}.',
  'order.remainder_canceled.subject': 'Parte de tu pedido {number} está cancelada',
  'order.remainder_canceled.title': 'Parte de tu pedido está cancelada',
  'order.remainder_canceled.intro':
    '{count, plural, one {# artículo de tu pedido se ha cancelado y no se enviará} many {# de artículos de tu pedido se han cancelado y no se enviarán} other {# artículos de tu pedido se han cancelado y no se enviarán}}. El resto de tu pedido no cambia.',
  'canceled.backorder_deadline': 'Hemos esperado la reposición todo lo que hemos podido y no ha llegado. Lo sentimos.',
  'canceled.money':
    'No pagas por {count, plural, one {él} other {ellos}}: lo que ya hayas pagado por {count, plural, one {él} other {ellos}} se te devuelve.',
  'fulfillment.shipped.subject': 'Tu pedido {number} está en camino',
  'fulfillment.shipped.title': 'Tu paquete está en camino',
  'fulfillment.shipped.intro':
    '{count, plural, one {# artículo de tu pedido ha salido} many {# de artículos de tu pedido han salido} other {# artículos de tu pedido han salido}} de nuestro almacén.',
  'fulfillment.shipped.rest':
    '{rest, plural, one {Un artículo más va} many {# de artículos más van} other {# artículos más van}} en un paquete aparte. Te escribiremos cuando {rest, plural, one {salga} other {salgan}}.',
};
