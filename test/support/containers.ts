/** A server in a container. */
export interface ContainerServer {
  url: string
  from: string
  stop(): Promise<void>
}

/** PostgreSQL from its image; TEST_POSTGRES_IMAGE names another one. */
export async function startPostgresContainer(): Promise<ContainerServer> {
  const image = process.env['TEST_POSTGRES_IMAGE'] ?? 'postgres:18-alpine'
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql')
  const container = await new PostgreSqlContainer(image)
    .withUsername('postgres')
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
    .start()
  return { url: container.getConnectionUri(), from: image, stop: async () => void (await container.stop()) }
}

/** Redis from its image; TEST_REDIS_IMAGE names another one. */
export async function startRedisContainer(): Promise<ContainerServer> {
  const image = process.env['TEST_REDIS_IMAGE'] ?? 'redis:7-alpine'
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(image)
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .start()
  const url = `redis://${container.getHost()}:${container.getMappedPort(6379)}`
  return { url, from: image, stop: async () => void (await container.stop()) }
}
