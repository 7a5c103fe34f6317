import { describe, expect, it } from 'vitest'
import type { JobProgress, JobStatus } from '../../src/documents/runs.js'
import { ago, bytes, count, duration, percent, words } from '../../src/page/format.js'
import { begun, ended, polled, stepped, withSteps, type ShownRun } from '../../src/page/run-state.js'
import { logScale } from '../../src/page/scale.js'
import { EventParser } from '../../src/page/stream.js'

describe('numbers and times for people', () => {
  it.each([
    [0, '0 ms'],
    [0.0042, '4 ms'],
    [0.84, '840 ms'],
    [0.9996, '1.00 s'],
    [1.254, '1.25 s'],
    [12.34, '12.3 s'],
    [59.96, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7_500, '2 h 5 min'],
    [-3, '0 ms'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it('says how long ago', () => {
    const now = Date.parse('2026-01-23T16:00:00Z')
    const before = (seconds: number): string => ago(new Date(now - seconds * 1000).toISOString(), now)
    expect([5, 60, 240, 3_600, 3 * 3_600, 86_400, 3 * 86_400, 40 * 86_400].map(before)).toEqual([
      'just now',
      '1 min ago',
      '4 min ago',
      '1 h ago',
      '3 h ago',
      '1 day ago',
      '3 days ago',
      '2025-12-14',
    ])
    expect(before(-100)).toBe('just now')
  })

  it('never rounds up to all', () => {
    expect([0, 12.34, 99.97, 100].map(percent)).toEqual(['0 %', '12.3 %', '99.9 %', '100 %'])
  })

  it('counts', () => {
    expect([count(0, 'universe'), count(1, 'entry'), count(2, 'entry'), count(3_000, 'day')]).toEqual([
      '0 universes',
      '1 entry',
      '2 entries',
      '3,000 days',
    ])
    expect([bytes(12), bytes(6_540), bytes(2_500_000)]).toEqual(['12 B', '6.5 kB', '2.5 MB'])
    expect(words('market_caps')).toBe('Market caps')
  })
})

describe('a logarithmic scale', () => {
  it('begins at 0, ends at 1 and keeps the order', () => {
    const { at, ticks } = logScale(16_777)
    expect(at(0)).toBe(0)
    expect(at(100_000)).toBe(1)
    const values = [0, 1, 2, 10, 100, 5_000, 16_777].map(at)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(ticks).toEqual([10, 1_000, 100_000])
    expect(logScale(0).ticks).toEqual([10])
    expect(logScale(0.5, 0.01).ticks.map((tick) => Number(tick.toFixed(3)))).toEqual([0.1, 1])
  })
})

describe('a stream of events', () => {
  const text =
    'retry: 2000\n\n: still here\n\nid: 7\nevent: progress\ndata: {"a":\ndata: 1}\n\nid: 9\r\nevent: completed\r\ndata: x\r\n\r\n'
  const events = [
    { id: '7', event: 'progress', data: '{"a":\n1}' },
    { id: '9', event: 'completed', data: 'x' },
  ]

  it('is read the same in whatever pieces it comes', () => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const parser = new EventParser()
      const read = []
      for (let at = 0; at < text.length; at += size) read.push(...parser.push(text.slice(at, at + size)))
      expect(read, `in pieces of ${size}`).toEqual(events)
      expect(parser.lastId).toBe('9')
    }
  })

  it('goes on after a break with nothing of what was not complete', () => {
    const parser = new EventParser()
    parser.push('id: 7\ndata: a\n\nid: 8\ndata: half')
    parser.restart()
    expect(parser.push('data: b\n\n')).toEqual([{ id: '7', event: 'message', data: 'b' }])
    expect(parser.lastId).toBe('7')
  })
})

describe('a run that is watched', () => {
  const step = (name: string | null, next: string | null, position: number): JobProgress => ({
    job_id: 'x',
    mode: 'full',
    status: 'running',
    step: name,
    next,
    position,
    of: 5,
    percent: position * 20,
    milliseconds: 3,
    added: 1,
  })
  const states = ({ steps }: ShownRun): string[] => steps.map(({ state }) => state)
  const done: JobStatus = {
    job_id: 'x',
    status: 'completed',
    mode: 'full',
    percent: 100,
    steps: ['market_caps', 'ipos', 'delistings', 'themes', 'cache_and_events'].map((name) => ({
      step: name,
      milliseconds: 1,
    })),
  }

  it('goes from step to step', () => {
    let run = begun({ job_id: 'x', mode: 'full' })
    expect(states(run)).toEqual(['waiting', 'waiting', 'waiting', 'waiting', 'waiting'])
    run = stepped(run, step(null, 'market_caps', 0))
    expect(states(run)[0]).toBe('going')
    run = stepped(run, step('market_caps', 'ipos', 1))
    expect(states(run)).toEqual(['done', 'going', 'waiting', 'waiting', 'waiting'])
    expect(run.percent).toBe(20)
    expect(states(ended(run, done))).toEqual(['done', 'done', 'done', 'done', 'done'])
  })

  it('learns its steps from the service when it was found without a mode', () => {
    const run = stepped(begun({ job_id: 'x' }), step('market_caps', 'ipos', 1))
    expect(run.steps.map(({ step: name }) => name)).toEqual(['market_caps', 'ipos'])
    expect(states(withSteps(begun({ job_id: 'x' }), ['a', 'b']))).toEqual(['waiting', 'waiting'])
  })

  it('is shown as its status says, and takes nothing back', () => {
    const run = stepped(begun({ job_id: 'x', mode: 'full' }), step('market_caps', 'ipos', 1))
    const later = polled(run, { job_id: 'x', status: 'running', mode: 'full', step: 'themes', percent: 60 })
    expect(states(later)).toEqual(['done', 'done', 'done', 'going', 'waiting'])
    const earlier = polled(later, { job_id: 'x', status: 'running', mode: 'full', step: 'ipos', percent: 20 })
    expect(states(earlier).slice(0, 2)).toEqual(['done', 'done'])
    expect(earlier.percent).toBe(60)
  })

  it('fails in the step after the last one that is reported', () => {
    const run = ended(begun({ job_id: 'x', mode: 'full' }), {
      job_id: 'x',
      status: 'failed',
      mode: 'full',
      percent: null,
      steps: done.steps!.slice(0, 2),
    })
    expect(states(run)).toEqual(['done', 'done', 'failed', 'waiting', 'waiting'])
  })
})
