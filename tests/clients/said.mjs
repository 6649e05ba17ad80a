// What a client reads, call by call, as one JSON value: the answer, or the error that it throws.

export async function print(calls) {
  const said = {};
  for (const [name, call] of Object.entries(calls)) {
    said[name] = await call().catch((error) => ({
      error: error.name,
      message: error.message,
      status: error.status ?? error.statusCode ?? error.httpStatus ?? error.response?.status,
    }));
  }
  console.log(JSON.stringify(said));
}
