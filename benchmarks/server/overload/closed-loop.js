/** So many clients that each wait for their answer. @returns how many a second were answered with success */
export async function closedLoop(ask, requests, { clients, seconds }) {
  const end = performance.now() + seconds * 1000
  let answered = 0
  const client = async () => {
    while (performance.now() < end) {
      const status = await ask(requests.next())
      if (status !== 200) throw new Error(`The answer was ${status} where ${clients} clients ask`)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return answered / seconds
}
