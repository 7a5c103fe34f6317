import ipaddr from 'ipaddr.js'

/** Names of networks that fastify accepts for trusted proxies. */
const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal']

/** Returns true if an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isAddress(host) && ipaddr.process(host).range() === 'loopback')
}

/** Returns true for an address, a network in CIDR notation, or the name of a network. */
export function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/')
  return (
    NAMED_NETWORKS.includes(text) || (isAddress(address) && (address === text || ipaddr.isValidCIDR(text)))
  )
}

/** Returns true for an address in its full form: ipaddr.isValid() also accepts 10 and 0x7f.1. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
