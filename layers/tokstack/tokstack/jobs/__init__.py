"""Jobs: media work that takes longer than an answer, from its charge to its outcome.

work          what a job is about, and so its id
job           the job itself, as it is told
store         where jobs are kept: begun, joined, moved on, ended, each exactly once
start         from what is asked to a running machine, or to the job that is at it already
waiting       until a job has ended, or for as long as one may wait
plan          which files a job needs
machine       what the machine's steps do: resolve, download, convert, finish, fail
progress      how far a job has come, told while it comes
errors        what the machine is told of a failure
tickets       who holds one may wait for one job's file
events        what is told to the account's event bus
queue         how soon a message that failed comes back
"""
