import ipaddr from 'ipaddr.js'

/** Names of networks that fastify accepts for trusted proxies. */
const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal']

/** True if an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isAddress(host) && ipaddr.process(host).range() === 'loopback')
}

/** True for an address, a network in CIDR notation, or the name of one. All addresses (0.0.0.0/0) must be stated as such. */
export function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/')
  return (
    NAMED_NETWORKS.includes(text) || (isAddress(address) && (address === text || ipaddr.isValidCIDR(text)))
  )
}

/** ipaddr.isValid() would also accept 10 and 0x7f.1. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
