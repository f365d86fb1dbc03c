"""What `breve bench` runs: the service beside what a user would write instead, and beside the limit
of the machine.

One contender after the other runs in a process of its own on loopback; this process only asks and
measures.
"""
