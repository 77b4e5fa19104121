import { describe, expect, it } from 'vitest'
import { Announcer } from '../src/listening/announcer.ts'
import { Ear } from '../src/listening/ear.ts'
import { Hearers } from '../src/listening/hearers.ts'
import { turn } from './records.ts'

describe('Announcer', () => {
  it('tells together what comes while it is telling, and leaves nothing untold', async () => {
    const told: unknown[][] = []
    const finish: (() => void)[] = []
    const queries = {
      query: async <Row>(_: string, parameters: readonly unknown[] = []) => {
        told.push([...parameters])
        await new Promise<void>((resolve) => finish.push(resolve))
        return [] as Row[]
      },
    }
    const announcer = new Announcer(queries, 'channel', 'sender')
    for (let write = 0; write < 50; write++) announcer.announce()
    expect(told).toEqual([['channel', 'sender']])
    finish.shift()!()
    await turn(1)
    expect(told).toHaveLength(2)
    finish.shift()!()
    await announcer.close()
    expect(told).toHaveLength(2)
    announcer.announce()
    expect(told).toHaveLength(3)
    const closing = announcer.close()
    finish.shift()!()
    await closing
  })

  it('tells of what comes in the moment in which it ends, whichever that is', async () => {
    for (let turns = 0; turns < 12; turns++) {
      let told = 0
      const queries = {
        query: async <Row>() => {
          if (++told === 1) {
            let later = Promise.resolve()
            for (let at = 0; at < turns; at++) later = later.then(() => {})
            void later.then(() => announcer.announce())
          }
          return [] as Row[]
        },
      }
      const announcer = new Announcer(queries, 'channel', 'sender')
      announcer.announce()
      await turn(1)
      expect(told, `${turns} turns behind`).toBe(2)
    }
  })

  it('goes on after what could not be told', async () => {
    let tries = 0
    const announcer = new Announcer(
      {
        query: async () => {
          tries++
          throw new Error('no server')
        },
      },
      'channel',
      'sender',
    )
    announcer.announce()
    await announcer.close()
    announcer.announce()
    await announcer.close()
    expect(tries).toBe(2)
  })
})

describe('Hearers', () => {
  it('know the first and the last on a channel, and tell all of them', () => {
    const hearers = new Hearers()
    const heard: string[] = []
    const [one, other] = [(said: string) => heard.push(`one ${said}`), (said: string) => heard.push(`other ${said}`)]
    expect([hearers.add('a', one), hearers.add('a', other), hearers.add('b', one)]).toEqual([true, false, true])
    hearers.tell('a', 'x')
    hearers.tell('nobody', 'y')
    expect(heard).toEqual(['one x', 'other x'])
    expect([hearers.remove('a', one), hearers.remove('a', one), hearers.remove('a', other)]).toEqual([
      false,
      false,
      true,
    ])
    expect(hearers.channels).toEqual(['b'])
  })
})

describe('Ear', () => {
  it('listens from the first who wants to hear to the last, and anew behind them', async () => {
    let open = 0
    let begun = 0
    const ear = new Ear(() => {
      begun++
      open++
      return async () => {
        open--
      }
    })
    const [one, other] = [ear.open(), ear.open()]
    expect([begun, open]).toEqual([1, 1])
    await one()
    await one()
    expect(open).toBe(1)
    await other()
    expect(open).toBe(0)
    ear.open()
    expect([begun, open]).toEqual([2, 1])
    await ear.close()
    expect(open).toBe(0)
  })
})
