import { Type } from '@fastify/type-provider-typebox'
import { Id } from '../../documents/fields.js'
import { UploadFields } from '../uploads/upload-parts.js'

/** Body of an upload, for the OpenAPI document only: receiveUpload checks the stream as it arrives. */
export const UploadBody = Type.Object({
  files: Type.Array(Type.String({ format: 'binary' }), {
    minItems: 1,
    description: 'files are recognized by their names; directories in a name are ignored',
  }),
  ...UploadFields.properties,
})

/** Path parameters of a load. */
export const LoadParameters = Type.Object({ id: Id })

/** Query parameters of a load. */
export const LoadQuery = Type.Object(
  {
    symbols: Type.Integer({
      minimum: 0,
      maximum: 10_000,
      default: 100,
      description: 'maximum number of symbols listed per universe, both of those added and of those removed',
    }),
  },
  { additionalProperties: false },
)
