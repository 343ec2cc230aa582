"""The house at a province's scale: millions of cases, and what each page and each job costs there."""
