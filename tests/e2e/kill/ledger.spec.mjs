// The ledger itself can fail: it sees a loss, a doubling and something from nowhere.
import { AGREED, Ledger } from '../support/ledger.mjs'
import { expect, test } from '../support/test.mjs'

test('the ledger tells lost, doubled and foreign apart', async () => {
  const ledger = new Ledger('itself')
  ledger.offer(['a', 'b', 'c'])
  ledger.acknowledge(['a', 'b'])
  expect(ledger.disagreements(['a', 'b'])).toEqual(AGREED)
  expect(ledger.disagreements(['a', 'b', 'c'])).toEqual(AGREED)
  expect(ledger.disagreements(['a', 'a', 'x'])).toEqual({ lost: ['b'], doubled: ['a x2'], foreign: ['x'] })
})
