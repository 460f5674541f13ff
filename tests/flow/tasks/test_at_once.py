"""Functions that calls run for many items at once."""

from collections.abc import Callable

import pytest

from mldebt.flow import Flow
from mldebt.flow.tasks.at_once import AtOnce

Link = Callable[..., Flow]

HEAD = """
import asyncio
from threading import Thread
from concurrent.futures import ThreadPoolExecutor

def work(item, found):
    found.append(item)

async def look(item, found):
    found.append(await item.get())

pool = ThreadPoolExecutor()

"""
MANY = {
    "threads": "for item in items:\n        Thread(target=work, args=(item, found)).start()",
    "kept threads": "threads = [Thread(target=work, kwargs={'item': item, 'found': found}) for item in items]",
    "submitted": "for item in items:\n        pool.submit(work, item, found)",
    "mapped": "pool.map(work, items)",
    "coroutines": "asyncio.gather(*[look(item, found) for item in items])",
    "tasks": "for item in items:\n        asyncio.create_task(look(item, found))",
    "kept tasks": "tasks = []\n    for item in items:\n        tasks.append(asyncio.create_task(look(item, found)))\n"
    "    await asyncio.gather(*tasks)",
    "some at once": "tasks = []\n    for item in items:\n        tasks.append(asyncio.create_task(look(item, found)))\n"
    "        if len(tasks) == 8:\n            await asyncio.gather(*tasks)",
    "a group of tasks": "async with asyncio.TaskGroup() as group:\n        for item in items:\n"
    "            group.create_task(look(item, found))",
    "kept futures": "futures = [pool.submit(work, item, found) for item in items]\n    for each in futures:\n"
    "        each.result()",
    "in a thread pool": "await asyncio.gather(*[run_in_threadpool(work, item, found) for item in items])",
    "in threads": "await asyncio.gather(*[anyio.to_thread.run_sync(work, item, found) for item in items])",
    "in an executor": "loop = asyncio.get_running_loop()\n"
    "    await asyncio.gather(*[loop.run_in_executor(None, work, item, found) for item in items])",
}
ONE = {
    "joined": "for item in items:\n        thread = Thread(target=work, args=(item, found))\n        thread.start()\n"
    "        thread.join()",
    "awaited result": "for item in items:\n        pool.submit(work, item, found).result()",
    "one worker": "lone = ThreadPoolExecutor(max_workers=1)\n    for item in items:\n"
    "        lone.submit(work, item, found)",
    "one thread": "Thread(target=work, args=(items, found)).start()",
    "called": "for item in items:\n        work(item, found)",
    "built in": "list(map(work, items))",
    "other items": "for _ in range(3):\n        pool.submit(work, items, found)",
    "awaited": "for item in items:\n        await look(item, found)",
    "awaited thread": "for item in items:\n        await asyncio.to_thread(work, item, found)",
    "awaited thread pool": "for item in items:\n        await run_in_threadpool(work, item, found)",
    "awaited pool": "for item in items:\n        pool.apply(work, (item, found))",
    "awaited executor": "loop = asyncio.get_running_loop()\n    for item in items:\n"
    "        await loop.run_in_executor(None, work, item, found)",
    "awaited task": "for item in items:\n        task = asyncio.create_task(look(item, found))\n        await task",
    "awaited with others": "for item in items:\n        await asyncio.gather(look(item, found), tell(item))",
    "run to its end": "loop = asyncio.new_event_loop()\n    for item in items:\n"
    "        loop.run_until_complete(asyncio.gather(look(item, found)))",
    "a pool for each": "for item in items:\n        with ThreadPoolExecutor() as own:\n"
    "            own.submit(work, item, found)",
    "a group for each": "for item in items:\n        async with asyncio.TaskGroup() as group:\n"
    "            group.create_task(look(item, found))",
    "in the background": "tasks = BackgroundTasks()\n    for item in items:\n        tasks.add_task(work, item, found)",
}


def started(link: Link, how: str) -> list[str]:
    flow = link(f"{HEAD}async def run(items):\n    found = []\n    {how}\n    return found\n")
    module = flow.program.modules[0]
    at_once = flow.shared(AtOnce)
    numbers = [number for number, scope in enumerate(module.facts.scopes) if scope.name in ("work", "look")]
    return [str(items.data) for number in numbers for _, items in at_once.starts((module.index, number))]


@pytest.mark.parametrize("how", MANY.values(), ids=MANY)
def test_what_is_run_for_each_item_side_by_side(link: Link, how: str) -> None:
    assert started(link, how) == ["items"]


@pytest.mark.parametrize("how", ONE.values(), ids=ONE)
def test_what_is_run_once_or_one_after_the_other(link: Link, how: str) -> None:
    assert started(link, how) == []
