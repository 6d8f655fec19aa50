"""Whether a call may be made: an aid against wrong policies, not a defence against hostile code.

guard       stands before the embedded AWS and refuses
signature   who signed the request (Signature Version 4, header or presigned URL)
requests    which actions on which resources the request needs
policy      whether a role's policies allow them
roles       the template's roles
"""
