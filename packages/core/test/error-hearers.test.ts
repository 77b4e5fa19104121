import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { hearErrors } from '../src/error-hearers.ts'

it('has one listener for all who hear, and none when all have stopped', () => {
  const source = new EventEmitter()
  const heard: string[] = []
  const hearer = (error: Error) => heard.push(error.message)
  const stops = Array.from({ length: 12 }, () => hearErrors(source, hearer, ['error', 'node error']))
  expect([source.listenerCount('error'), source.listenerCount('node error')]).toEqual([1, 1])
  source.emit('error', new Error('a'))
  source.emit('node error', new Error('b'), 'another argument')
  expect(heard).toEqual([...Array(12).fill('a'), ...Array(12).fill('b')])
  for (const stop of stops.slice(1)) stop()
  // Twice is as good as once.
  stops[1]!()
  source.emit('error', new Error('c'))
  expect(heard.slice(24)).toEqual(['c'])
  stops[0]!()
  expect([source.listenerCount('error'), source.listenerCount('node error')]).toEqual([0, 0])
  hearErrors(source, hearer, ['error', 'node error'])
  source.emit('error', new Error('d'))
  expect(heard.slice(25)).toEqual(['d'])
})

it('lets no hearer that throws keep others from hearing, or end the process', () => {
  const source = new EventEmitter()
  const heard: Error[] = []
  hearErrors(source, () => {
    throw new Error('mine')
  })
  hearErrors(source, (error) => heard.push(error))
  source.emit('error', new Error('theirs'))
  expect(heard.map(({ message }) => message)).toEqual(['theirs'])
})
