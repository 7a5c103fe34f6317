import { Type } from '@fastify/type-provider-typebox'

/** Body of a request to reload the relationship cache. */
export const Refresh = Type.Object(
  { warm: Type.Boolean({ default: false, description: 'warm the response cache afterwards' }) },
  { additionalProperties: false },
)
