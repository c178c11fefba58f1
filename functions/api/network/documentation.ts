import { documented } from '../../../shared/api/documentation.ts';
import {
  LocationGroupResource,
  ShippingRatesResource,
  StorefrontResource,
} from '../../../shared/api/network-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { networkContracts } from './contract.ts';

export const networkDocumentation = documented('Network', networkContracts, {
  listStorefronts: {
    summary: 'List storefronts',
    description: 'All of them, by id.',
    responses: { 200: { description: 'A page, by id.', schema: pageOf(StorefrontResource) } },
  },
  getStorefront: {
    summary: 'Read a storefront',
    description: 'Where customers buy. Orders name it as their `channel`.',
    responses: { 200: { description: 'The storefront.', schema: StorefrontResource } },
  },
  putStorefront: {
    summary: 'Create or replace a storefront',
    description: 'What it sells is the stock of its location group; counts follow with the next request.',
    bodyExample: {
      name: 'Web shop',
      kind: 'web',
      locationGroupId: 'iberia',
      currencies: ['EUR'],
      lowStock: 5,
      deliveryOptions: [
        {
          id: 'standard',
          name: 'Standard',
          method: 'ship',
          service: 'standard',
          extraDays: 1,
          prices: [
            { currency: 'EUR', amount: 0, fromValue: 5000 },
            { currency: 'EUR', amount: 490 },
          ],
        },
      ],
    },
    responses: { 200: { description: 'The storefront.', schema: StorefrontResource } },
  },
  deleteStorefront: {
    summary: 'Delete a storefront',
    description: 'Its orders stay.',
    responses: { 204: { description: 'It is gone.' } },
  },
  listLocationGroups: {
    summary: 'List location groups',
    description: 'All of them, by id.',
    responses: { 200: { description: 'A page, by id.', schema: pageOf(LocationGroupResource) } },
  },
  getLocationGroup: {
    summary: 'Read a location group',
    description: 'Its own locations and the groups in it.',
    responses: { 200: { description: 'The group.', schema: LocationGroupResource } },
  },
  putLocationGroup: {
    summary: 'Create or replace a location group',
    description: 'Locations that serve storefronts together. Groups may stand in groups, never in a circle.',
    bodyExample: { name: 'Iberia', locations: [{ locationId: 'dc-north' }, { locationId: 'store-1', active: false }] },
    responses: { 200: { description: 'The group.', schema: LocationGroupResource } },
  },
  deleteLocationGroup: {
    summary: 'Delete a location group',
    description: 'Unless a storefront or another group uses it.',
    responses: { 204: { description: 'It is gone.' } },
  },
  putGroupLocation: {
    summary: 'Add a location to a group',
    description: 'Or set whether it is active: inactive, it counts as if it were not there.',
    bodyExample: { active: true },
    responses: { 200: { description: 'The group.', schema: LocationGroupResource } },
  },
  deleteGroupLocation: {
    summary: 'Take a location out of a group',
    description: 'Its stock leaves the counts of the storefronts at once. Orders that are reserved there stay.',
    responses: { 200: { description: 'The group.', schema: LocationGroupResource } },
  },
  getShippingRates: {
    summary: 'Read the shipping rates',
    description: 'What parcels cost the shop. Without `updatedAt`, nobody has set any: everywhere, free.',
    responses: { 200: { description: 'Zones and rates.', schema: ShippingRatesResource } },
  },
  putShippingRates: {
    summary: 'Replace the shipping rates',
    description:
      'Zones, and what a service costs into each, from all locations or from one. Routing compares sites by them; they count from the next ' +
      'decision on. A location sends nothing where it has no rate of the order’s service.',
    bodyExample: {
      zones: [
        { zone: 'peninsula', countries: ['ES', 'PT'] },
        { zone: 'islands', countries: ['ES'], postalPrefixes: ['07', '35', '38'] },
      ],
      rates: [
        { zone: 'peninsula', service: 'standard', perParcel: 490, perKilogram: 60, transitDays: 2 },
        { zone: 'islands', service: 'standard', perParcel: 990, perKilogram: 150, transitDays: 5 },
        { zone: 'peninsula', service: 'standard', locationId: 'store-1', perParcel: 390, transitDays: 1 },
      ],
    },
    responses: { 200: { description: 'Zones and rates.', schema: ShippingRatesResource } },
  },
});
